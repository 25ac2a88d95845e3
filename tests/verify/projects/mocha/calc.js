function add(a, b) {
  return a < 0 ? a + b + 1 : a + b;
}

function first(list) {
  return list[0].name;
}

module.exports = { add, first };
