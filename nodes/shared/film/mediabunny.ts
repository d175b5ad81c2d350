/** What is used of mediabunny; the build puts the library itself here (gulpfile.js). */
export {
	ADTS,
	CustomSource,
	EncodedAudioPacketSource,
	EncodedPacket,
	EncodedPacketSink,
	EncodedVideoPacketSource,
	Input,
	MP3,
	MP4,
	Mp4OutputFormat,
	NullTarget,
	Output,
	QTFF,
	StreamTarget,
} from 'mediabunny';
export type {
	AudioCodec,
	InputAudioTrack,
	InputTrack,
	InputVideoTrack,
	Rotation,
	StreamTargetChunk,
	Target,
	VideoCodec,
} from 'mediabunny';
