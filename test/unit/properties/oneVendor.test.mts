import { taskProperties } from '../../../nodes/shared/properties/task';
import { providers } from '../../../nodes/shared/providers';
import { choicesOf } from '../ux/descriptions.mts';

test.each(Object.entries(providers))(
	'%s alone: n8n lists the operations that this vendor has, and no other',
	(id, provider) => {
		const { balance, price, cancel, delete: remove } = provider.vendor;
		const properties = taskProperties({ [id]: provider });
		expect(properties.filter((property) => typeof property !== 'object')).toEqual([]);
		const named = properties
			.filter(({ name }) => name === 'operation')
			.flatMap((property) => choicesOf(property).map(({ value }) => value));
		const offered = [...new Set(named)];
		const expected = [
			...(cancel ? ['cancel'] : []),
			...(remove ? ['delete'] : []),
			'get',
			'getMany',
			'wait',
			...(balance ? ['getBalance'] : []),
			...(price ? ['getPrice'] : []),
			'getSpending',
		];
		expect(offered).toEqual(expected);
	},
);
