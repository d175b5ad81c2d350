import { isPublicAddress } from '../../../nodes/shared/domain/address';

test.each([
	'https://n8n.example.com/rest',
	'http://n8n.example.com:5678',
	'https://8.8.8.8',
	'https://172.15.255.255',
	'https://172.32.0.0',
	'https://192.169.0.1',
	'https://100.63.255.255',
	'https://100.128.0.0',
	'https://[2606:4700::1111]/a',
	'https://[::ffff:8.8.8.8]',
	'https://localhost.example.com',
	'https://my.home.example',
])('%s may be reached from outside', (url) => {
	expect(isPublicAddress(url)).toBe(true);
});

test.each([
	'http://localhost:5678',
	'http://n8n:5678',
	'http://n8n.local',
	'http://a.b.internal.',
	'http://box.home.arpa',
	'http://foo.localhost',
	'http://0.0.0.0',
	'http://10.1.2.3',
	'http://127.9.9.9',
	'http://127.1',
	'http://100.64.0.1',
	'http://100.127.255.255',
	'http://169.254.169.254',
	'http://172.16.0.0',
	'http://172.31.255.255',
	'http://192.168.178.1',
	'http://[::1]:5678',
	'http://[::ffff:127.0.0.1]:5678',
	'http://[::ffff:a9fe:a9fe]',
	'http://[::10.0.0.1]',
	'http://[64:ff9b::192.168.0.1]',
	'http://[::]',
	'http://[fd12::1]',
	'http://[fe80::1]',
	'ftp://example.com',
	'n8n.example.com',
	'',
])('%j may not', (url) => {
	expect(isPublicAddress(url)).toBe(false);
});
