import { isStoredFor } from '../../../nodes/shared/n8n/fileId';

const place = { workflowId: 'wf-1', executionId: '101' };
const uuid = '0f8fad5b-d9cb-469f-a165-70867728950e';
const folder = 'workflows/wf-1/executions/101/binary_data';

test.each([
	`filesystem-v2:${folder}/${uuid}`,
	`s3:${folder}/${uuid}`,
	`azure-blob:${folder}/${uuid}`,
	// n8n's database mode names a file by nothing else.
	`database:${uuid}`,
])('%s is a file of this execution', (id) => {
	expect(isStoredFor(place, id)).toBe(true);
});

test.each([
	`filesystem-v2:workflows/wf-1/executions/1/binary_data/${uuid}`,
	`filesystem-v2:workflows/wf-1/executions/1011/binary_data/${uuid}`,
	`filesystem-v2:workflows/wf-2/executions/101/binary_data/${uuid}`,
	`filesystem-v2:${folder}/../../1/binary_data/${uuid}`,
	`filesystem-v2:${folder}/${uuid}/x`,
	`filesystem-v2:${folder}/${uuid}\n`,
	`filesystem-v2:/${folder}/${uuid}`,
	`filesystem-v2:${folder}/x`,
	`filesystem-v2:${uuid}`,
	'filesystem-v2:../config',
	`database:${folder}`,
	`database:x/${uuid}`,
	'',
	undefined,
	7,
])('%j is none', (id) => {
	expect(isStoredFor(place, id)).toBe(false);
});
