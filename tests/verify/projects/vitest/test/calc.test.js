import { beforeEach, describe, expect, test } from 'vitest';
import { add, first } from '../calc.js';

describe('add', () => {
  test('of positive numbers', () => {
    expect(add(1, 2)).toBe(3);
  });

  test.each([[-1, 2, 1], [-2, 2, 0]])('of %i and %i', (a, b, sum) => {
    console.log('adding', a, b);
    expect(add(a, b)).toBe(sum);
  });

  test('as an object', () => {
    expect({ sum: add(1, 1), list: [1, 2] }).toEqual({ sum: 2, list: [1, 3] });
  });
});

describe('with a set-up that fails', () => {
  beforeEach(() => {
    first([]);
  });
  test('never runs', () => {});
});

test.skip('later', () => {});
test.todo('some day');
test('at the top', async () => {
  await Promise.reject(new Error('refused'));
});
