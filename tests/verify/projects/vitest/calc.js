export function add(a, b) {
  return a < 0 ? a + b + 1 : a + b;
}

export function first(list) {
  return list[0].name;
}
