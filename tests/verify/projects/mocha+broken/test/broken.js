const gone = require('../gone');

it('uses what is gone', () => gone());
