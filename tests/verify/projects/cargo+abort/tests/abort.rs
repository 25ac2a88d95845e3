#[test]
fn first() {}

#[test]
fn second_aborts() {
    std::process::abort();
}
