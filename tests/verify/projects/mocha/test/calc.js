const assert = require('assert');
const { add, first } = require('../calc');

describe('add', () => {
  it('of positive numbers', () => {
    assert.strictEqual(add(1, 2), 3);
  });

  for (const [a, b, sum] of [[-1, 2, 1], [-2, 2, 0]]) {
    it(`of ${a} and ${b}`, () => {
      console.log('adding', a, b);
      assert.strictEqual(add(a, b), sum);
    });
  }

  it('as an object', () => {
    assert.deepStrictEqual({ sum: add(1, 1), list: [1, 2] }, { sum: 2, list: [1, 3] });
  });
});

describe('with a set-up that fails', () => {
  beforeEach(() => {
    first([]);
  });
  it('never runs', () => {});
});

it.skip('later', () => {});
it('some day');
it('at the top', async () => {
  await Promise.reject(new Error('refused'));
});
