const { TestEnvironment } = require('jest-environment-node');

/** The mutant that a test has noticed: the other tests need not look at it. */
let noticed;

/** Jest runs all tests of a file; to a mutation tester the first that fails says all. */
module.exports = class StopAtFirstFailure extends TestEnvironment {
	handleTestEvent({ name, test }) {
		const mutant = process.env.__STRYKER_ACTIVE_MUTANT__;
		if (mutant === undefined) return;
		if (name === 'test_done' && test.errors.length > 0) noticed = mutant;
		if (name === 'test_start' && noticed === mutant) test.mode = 'skip';
	}
};
