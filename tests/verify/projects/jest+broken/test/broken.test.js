const gone = require('../gone');

test('uses what is gone', () => {
  gone();
});
