import { randomBytes } from 'node:crypto';
import { requireFromN8n } from './n8nRuntime.mts';

const HOST = '127.0.0.1';
const POSTGRES_PORT = 5432;
const REDIS_PORT = 6379;

export interface PostgresClient {
	connect(): Promise<void>;
	query(sql: string): Promise<{ rows: Array<Record<string, unknown>> }>;
	end(): Promise<void>;
}

interface PostgresModule {
	Client: new (options: Record<string, string | number>) => PostgresClient;
}

interface RedisClient {
	connect(): Promise<void>;
	keys(pattern: string): Promise<string[]>;
	del(...keys: string[]): Promise<number>;
	disconnect(): void;
}

interface RedisModule {
	default: new (options: Record<string, string | number | boolean | null>) => RedisClient;
}

/** A database and a queue name of one start's own, so that runs side by side never meet. */
export interface QueueServices {
	database: string;
	env: Record<string, string>;
	remove(): Promise<void>;
}

export async function createQueueServices(root: string): Promise<QueueServices> {
	const name = `seedance_${randomBytes(6).toString('hex')}`;
	await runSql(root, `CREATE DATABASE ${name}`);
	return {
		database: name,
		env: {
			EXECUTIONS_MODE: 'queue',
			OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: HOST,
			DB_POSTGRESDB_PORT: String(POSTGRES_PORT),
			DB_POSTGRESDB_USER: 'postgres',
			DB_POSTGRESDB_DATABASE: name,
			DB_POSTGRESDB_POOL_SIZE: '4',
			QUEUE_BULL_REDIS_HOST: HOST,
			QUEUE_BULL_REDIS_PORT: String(REDIS_PORT),
			QUEUE_BULL_PREFIX: name,
			N8N_REDIS_KEY_PREFIX: name,
		},
		async remove() {
			await runSql(root, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
			await removeKeys(root, `*${name}*`);
		},
	};
}

/** A connection to one of the databases; end it. */
export async function connectPostgres(root: string, database: string): Promise<PostgresClient> {
	const { Client } = requireFromN8n<PostgresModule>(root, 'pg');
	const client = new Client({ host: HOST, port: POSTGRES_PORT, user: 'postgres', database });
	await client.connect().catch((error: Error) => {
		throw new Error(`Queue mode needs PostgreSQL on ${HOST}:${POSTGRES_PORT}: ${error.message}`);
	});
	return client;
}

async function runSql(root: string, sql: string): Promise<void> {
	const client = await connectPostgres(root, 'postgres');
	try {
		await client.query(sql);
	} finally {
		await client.end();
	}
}

async function removeKeys(root: string, pattern: string): Promise<void> {
	const { default: Redis } = requireFromN8n<RedisModule>(root, 'ioredis');
	const client = new Redis({ host: HOST, port: REDIS_PORT, lazyConnect: true });
	await client.connect();
	try {
		const keys = await client.keys(pattern);
		if (keys.length > 0) await client.del(...keys);
	} finally {
		client.disconnect();
	}
}
