import { sampleImage } from '../../sandbox/media/embedded.mts';
import { fieldsOf } from './serve.mts';

type Cell = string | number;

/** A row of the sheet by the names of its columns. */
export type SheetRow = Record<string, Cell>;

interface DriveFile {
	id: string;
	name: string;
	/** What Drive does not give out. */
	isBroken?: boolean;
}

const COLUMNS = ['image', 'prompt', 'model', 'status', 'video', 'task_id', 'problem'];
const SHEET = { sheetId: 0, title: 'Videos', gridProperties: { rowCount: 1000, columnCount: 26 } };

/** One spreadsheet and one folder of Google's, as far as n8n's nodes speak with them. */
export class GoogleStandIn {
	readonly accessToken = 'stand-in-google-token';

	/** What is in the folder. */
	readonly files: DriveFile[] = [
		{ id: 'file-1', name: 'shoe.png' },
		{ id: 'file-2', name: 'cup.png' },
		{ id: 'file-3', name: 'broken.png', isBroken: true },
	];

	/** How often the sheet was written. */
	writes = 0;

	private cells: Cell[][] = [COLUMNS];

	/** The rows below the names of the columns. */
	get rows(): SheetRow[] {
		return this.cells
			.slice(1)
			.map((row) => Object.fromEntries(COLUMNS.map((name, index) => [name, row[index] ?? ''])));
	}

	/** Writes the sheet anew. */
	set rows(rows: SheetRow[]) {
		this.cells = [COLUMNS, ...rows.map((row) => COLUMNS.map((name) => row[name] ?? ''))];
	}

	/** Answers `/v4/spreadsheets/…` and `/drive/v3/files…`. */
	async answer(request: Request): Promise<Response> {
		if (request.headers.get('authorization') !== `Bearer ${this.accessToken}`) {
			return refused(401, 'Invalid Credentials');
		}
		const { pathname, searchParams } = new URL(request.url);
		if (pathname === '/drive/v3/files') {
			return Response.json({ files: this.files.map(({ id, name }) => ({ id, name })) });
		}
		if (pathname.startsWith('/drive/v3/files/')) {
			const file = this.files.find(({ id }) => pathname.endsWith(`/${id}`));
			return giveFile(file, searchParams.get('alt') === 'media');
		}
		if (pathname.endsWith('/values:batchUpdate')) return this.write(await fieldsOf(request));
		if (pathname.includes('/values/')) return Response.json({ values: this.cells.map(withoutEnd) });
		return Response.json({ sheets: [{ properties: SHEET }] });
	}

	private write(fields: Map<string, unknown>): Response {
		this.writes += 1;
		const isTyped = fields.get('valueInputOption') === 'USER_ENTERED';
		for (const { range, values } of Object(fields.get('data'))) {
			const [, column = '', row = ''] = /!([A-Z])(\d+)$/.exec(String(range)) ?? [];
			const given: Cell = values[0][0];
			// What somebody types in that way, Google calculates.
			const isFormula = isTyped && String(given).startsWith('=');
			const cells = (this.cells[Number(row) - 1] ??= []);
			cells[column.charCodeAt(0) - 'A'.charCodeAt(0)] = isFormula ? '#ERROR!' : given;
		}
		return Response.json({ responses: [] });
	}
}

/** Google leaves out what is empty at a row's end. */
function withoutEnd(row: Cell[]): Cell[] {
	return row.slice(0, row.findLastIndex((cell) => cell !== '' && cell !== undefined) + 1);
}

function giveFile(file: DriveFile | undefined, isContent: boolean): Response {
	if (file === undefined) return refused(404, 'File not found');
	if (!isContent) return Response.json({ name: file.name, mimeType: 'image/png' });
	if (file.isBroken) return refused(403, 'This file cannot be downloaded by the user.');
	const headers = { 'content-type': 'image/png' };
	return new Response(new Uint8Array(sampleImage), { headers });
}

const refused = (status: number, message: string) =>
	Response.json({ error: { code: status, message } }, { status });
