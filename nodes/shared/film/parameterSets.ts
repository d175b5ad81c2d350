/**
 * An encoder's settings (parameter sets) as they may stand in front of a picture: with them, pictures
 * of different encoders can follow one another in one track.
 */
export interface ParameterSets {
	/** How many bytes tell the length of each part of a picture. */
	lengthBytes: number;
	/** The sets, each with its length in front. */
	inFront: Uint8Array;
}

/** Reads `avcC` (H.264) or `hvcC` (H.265); undefined for what is neither. */
export function readParameterSets(codec: string, settings: Uint8Array): ParameterSets | undefined {
	const bytes = Buffer.from(settings);
	try {
		if (codec === 'avc') return readAvc(bytes);
		return codec === 'hevc' ? readHevc(bytes) : undefined;
	} catch {
		// Shorter than it says itself.
		return undefined;
	}
}

function readAvc(bytes: Buffer): ParameterSets {
	const lengthBytes = (bytes.readUInt8(4) & 3) + 1;
	const sequence = readUnits(bytes, 6, bytes.readUInt8(5) & 0x1f);
	const picture = readUnits(bytes, sequence.end + 1, bytes.readUInt8(sequence.end));
	return { lengthBytes, inFront: joinUnits([...sequence.units, ...picture.units], lengthBytes) };
}

function readHevc(bytes: Buffer): ParameterSets {
	const lengthBytes = (bytes.readUInt8(21) & 3) + 1;
	const units: Buffer[] = [];
	let position = 23;
	for (let left = bytes.readUInt8(22); left > 0; left--) {
		const kind = readUnits(bytes, position + 3, bytes.readUInt16BE(position + 1));
		units.push(...kind.units);
		position = kind.end;
	}
	return { lengthBytes, inFront: joinUnits(units, lengthBytes) };
}

function readUnits(bytes: Buffer, from: number, count: number): { units: Buffer[]; end: number } {
	const units: Buffer[] = [];
	let position = from;
	for (let left = count; left > 0; left--) {
		const length = bytes.readUInt16BE(position);
		units.push(bytes.subarray(position + 2, position + 2 + length));
		position += 2 + length;
	}
	return { units, end: position };
}

const joinUnits = (units: readonly Buffer[], lengthBytes: number): Uint8Array =>
	Buffer.concat(
		units.flatMap((unit) => {
			const length = Buffer.alloc(lengthBytes);
			length.writeUIntBE(unit.length, 0, lengthBytes);
			return [length, unit];
		}),
	);
