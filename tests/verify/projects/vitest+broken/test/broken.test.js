import { test } from 'vitest';
import gone from '../gone.js';

test('uses what is gone', () => {
  gone();
});
