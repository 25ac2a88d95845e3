#[test]
fn whole() {
    assert!(calc::add(2, 2) == 4);
}

#[test]
fn differs() {
    assert_ne!(calc::add(2, 2), 4);
}
