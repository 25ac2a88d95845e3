/// Adds; a fault makes it one too much for negative numbers.
///
/// ```
/// assert_eq!(calc::add(1, 2), 3);
/// ```
///
/// ```
/// assert_eq!(calc::add(-1, 2), 1);
/// ```
pub fn add(a: i64, b: i64) -> i64 {
    if a < 0 {
        return a + b + 1;
    }
    a + b
}

/// Panics where the index is outside.
pub fn at(values: &[i64], i: usize) -> i64 {
    values[i]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds() {
        assert_eq!(add(1, 2), 3);
    }

    #[test]
    fn adds_negative_numbers() {
        println!("adding -1 and 2");
        assert_eq!(add(-1, 2), 1, "a sum with {}", -1);
    }

    #[test]
    #[ignore = "slow"]
    fn is_ignored() {}

    mod nested {
        use super::super::*;

        #[test]
        fn is_outside() {
            eprintln!("looking");
            assert_eq!(at(&[1], 3), 1);
        }

        #[test]
        fn gives_an_error() -> Result<(), String> {
            Err("no such thing".into())
        }
    }

    #[test]
    #[should_panic(expected = "index out of bounds")]
    fn panics_as_it_should() {
        at(&[], 0);
    }
}
