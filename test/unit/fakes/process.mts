import { readdirSync } from 'node:fs';
import path from 'node:path';
import * as n8nWorkflow from 'n8n-workflow';
import * as zod from 'zod/v4';
import * as providers from '../../../nodes/shared/providers';
import { minutes, type Time } from './time.mts';

type Calls = typeof import('../../../nodes/shared/actions/calls');
type Park = typeof import('../../../nodes/shared/parking/park');
type Runs = typeof import('../../../nodes/shared/n8n/run');
type Sessions = typeof import('../../../nodes/shared/n8n/session');
type ClockModule = typeof import('../../../nodes/shared/n8n/clock');
type ProcessModule = typeof import('../../../nodes/shared/n8n/process');

const shared = path.join(__dirname, '../../../nodes/shared');

/** Rooms that remember nothing, so that they need not be loaded anew. */
const withoutMemory = ['domain', 'models', 'tasks']
	.flatMap((room) =>
		readdirSync(path.join(shared, room)).map((file) => path.join(shared, room, file)),
	)
	.map((file) => ({ file, loaded: jest.requireActual<object>(file) }));

/** The package as one n8n process has loaded it: with a memory of its own. */
export interface PackageProcess {
	answerCall: Calls['answerPaused'];
	runPoller: Calls['runRound'];
	receiveCall: Calls['receiveAtTrigger'];
	park: Park;
	openRun: Runs['openRun'];
	openSession: Sessions['openSession'];
	/** Ends whatever still goes on in it. */
	kill: () => void;
}

/** Loads the package anew, as a process does that has been up for `ageMs`. */
export function startProcess(time: Time, ageMs = minutes(10)): PackageProcess {
	const modules: PackageProcess[] = [];
	jest.isolateModules(() => {
		jest.doMock('n8n-workflow', () => n8nWorkflow);
		jest.doMock('zod/v4', () => zod);
		// The vendors' catalogue remembers nothing, and is slow to load.
		jest.doMock('../../../nodes/shared/providers', () => providers);
		for (const { file, loaded } of withoutMemory) jest.doMock(file, () => loaded);
		const { clock } = jest.requireActual<ClockModule>('../../../nodes/shared/n8n/clock');
		time.install(clock);
		let isDead = false;
		jest.spyOn(clock, 'sleep').mockImplementation(async (ms, signal) => {
			await time.sleep(ms, signal);
			// Nothing of a dead process ever goes on.
			if (isDead) await new Promise(() => {});
		});
		const { thisProcess } = jest.requireActual<ProcessModule>('../../../nodes/shared/n8n/process');
		thisProcess.startedAt = time.now() - ageMs;
		const calls = jest.requireActual<Calls>('../../../nodes/shared/actions/calls');
		modules.push({
			answerCall: calls.answerPaused,
			runPoller: calls.runRound,
			receiveCall: calls.receiveAtTrigger,
			...jest.requireActual<Runs>('../../../nodes/shared/n8n/run'),
			...jest.requireActual<Sessions>('../../../nodes/shared/n8n/session'),
			park: jest.requireActual<Park>('../../../nodes/shared/parking/park'),
			kill: () => {
				isDead = true;
			},
		});
	});
	const [loaded] = modules;
	if (loaded === undefined) throw new Error('The package was not loaded');
	return loaded;
}
