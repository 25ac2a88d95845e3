fn main() {
    println!("{}", calc::add(1, 2));
}

#[cfg(test)]
mod tests {
    #[test]
    fn runs() {}
}
