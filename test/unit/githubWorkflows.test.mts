import { readFileSync, readdirSync } from 'node:fs';

const folder = '.github/workflows';
const files = readdirSync(folder).map((name) => [name, readFileSync(`${folder}/${name}`, 'utf8')]);

/** The jobs of a workflow by their names, each as its text. */
function jobsOf(workflow: string): Map<string, string> {
	const [, jobs = ''] = workflow.split(/^jobs:\n/m);
	const parts = jobs.split(/^ {2}([\w-]+):\n/m).slice(1);
	const names = parts.filter((_, index) => index % 2 === 0);
	return new Map(names.map((name, index) => [name, parts[index * 2 + 1] ?? '']));
}

test.each(files)('%s runs actions of one commit only, which nobody can change', (_, text = '') => {
	const uses = [...text.matchAll(/uses: (\S+)(.*)/g)];
	expect(uses.length).toBeGreaterThan(0);
	for (const [, action, remark] of uses) {
		expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
		expect(remark).toMatch(/^ # v\d+\.\d+\.\d+$/);
	}
});

test.each(files)('%s leaves no token of the repository behind for what it runs', (_, text = '') => {
	for (const step of text.split(/^ {6}- /m).filter((one) => one.includes('actions/checkout@'))) {
		expect(step).toContain('persist-credentials: false');
	}
});

test('the job that may publish runs nothing of this project, in an environment of its own', () => {
	const jobs = jobsOf(readFileSync(`${folder}/publish.yml`, 'utf8'));
	const withIdentity = [...jobs].filter(([, job]) => job.includes('id-token: write'));
	expect(withIdentity.map(([name]) => name)).toEqual(['publish']);
	const [[, publish = ''] = []] = withIdentity;
	expect(publish).toContain('environment: npm');
	expect(publish).toContain(
		'npm publish "./package/$PACKAGE" --provenance --access public --ignore-scripts',
	);
	expect(publish).not.toMatch(/checkout|npm (ci|install|i|run|test|exec)\b|npx|node /);
	expect([...jobs].filter(([, job]) => job.includes('secrets.')).map(([name]) => name)).toEqual([
		'publish',
	]);
});

test('packages of one vendor are published only where the repository names them, built and packed before', () => {
	const jobs = jobsOf(readFileSync(`${folder}/publish.yml`, 'utf8'));
	const [build = '', publish = ''] = [jobs.get('build'), jobs.get('publish')];
	expect(build.indexOf('npx gulp edition')).toBeGreaterThan(build.indexOf('npm test'));
	expect(build).toContain('EDITIONS: ${{ vars.EDITIONS }}');
	expect(build).toContain('npm pack "./editions/$vendor"');
	expect(publish).toContain('package: ${{ fromJSON(needs.build.outputs.packages) }}');
	expect(publish).toContain('PACKAGE: ${{ matrix.package }}');
});
