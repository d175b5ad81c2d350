/** The demo's page. Whatever comes in is put in as text. */
export const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Seedance demo</title>
<style>
	body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff; }
	h2 { margin: 2rem 0 .5rem; font-size: 1.2rem; }
	ol, ul { padding-left: 1.3rem; }
	li { margin: .35rem 0; }
	code { background: #f1f1f4; padding: .1rem .3rem; border-radius: .2rem; }
	small { color: #666; display: block; }
	table { border-collapse: collapse; width: 100%; }
	td, th { text-align: left; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid #eee; vertical-align: top; }
	.wait { background: #fff6dd; padding: .5rem .8rem; border-radius: .3rem; }
</style>
<h1>Seedance demo</h1>
<p id="now">Starting …</p>
<ul id="steps"></ul>
<div id="ready" hidden>
	<h2>Your first video</h2>
	<ol>
		<li>Open <a id="first" target="_blank"></a> and sign in: <code id="email"></code>, password <code id="password"></code>.</li>
		<li>Click <b>Execute workflow</b>, at the bottom. The video takes <span id="takes"></span> seconds, the whole run 10 to 30, by the machine.</li>
		<li>Double-click <b>Seedance Text to Video</b>. On the right, <b>View</b> plays the video and <b>Table</b> shows the row.</li>
		<li>To make one with another vendor: in the node choose another <b>Provider</b>. Its credential, “… (sandbox)”, is there already. In an n8n of your own, that is where you would make it: above <b>Provider</b>, with <b>Connect to …</b>.</li>
	</ol>
	<p>Nothing is paid and no key is needed: a sandbox on this machine stands in for the vendors. Every video is the same short test clip.</p>
	<p class="wait" id="pause"></p>
	<h2>What is being made</h2>
	<p id="none">Nothing yet.</p>
	<table id="tasks"></table>
	<h2>Workflows to try</h2>
	<ul id="recipes"></ul>
	<p><a id="people" target="_blank">The people’s side</a>: the chat with the bot, the mails and WhatsApp messages that arrive, and the Google Sheet. Stand-ins on this machine, too.</p>
	<p>With <code>[flagged]</code> in a prompt, the vendor's check of contents refuses it; with <code>[fail]</code> the video fails; <code>[credits]</code> is an empty account; <code>[slow]</code> takes ten times as long.</p>
	<p>To end the demo, press Ctrl-C where you have started it.</p>
</div>
<script>
	const at = (id) => document.getElementById(id);
	const add = (parent, tag, text, more = {}) =>
		parent.appendChild(Object.assign(document.createElement(tag), { textContent: text, ...more }));

	function showSteps({ steps, guide }) {
		at('steps').replaceChildren();
		for (const { title, seconds, lastSeconds, isDone } of steps) {
			const before = lastSeconds === undefined ? '' : ', the last time ' + lastSeconds + ' s';
			add(at('steps'), 'li', (isDone ? '✓ ' : '… ') + title + ': ' + seconds + ' s' + before);
		}
		at('now').textContent = guide
			? 'n8n is ready.'
			: 'Starting. The first start takes longest: some minutes on a slow machine. This page goes on by itself.';
	}

	function showRecipes({ guide, account, generationSeconds }) {
		const [first, ...others] = guide.recipes;
		Object.assign(at('first'), first ? { textContent: first.name, href: first.url } : {});
		at('email').textContent = account.email;
		at('password').textContent = account.password;
		at('takes').textContent = generationSeconds;
		at('people').href = guide.peopleUrl;
		for (const { number, name, url, form, hint, pauses, problem } of others) {
			const entry = add(at('recipes'), 'li', '', { id: number });
			add(entry, 'a', name, { href: url, target: '_blank' });
			if (form) {
				entry.append(', ');
				add(entry, 'a', 'its form', { href: form, target: '_blank' });
			}
			if (pauses) entry.append(' (pauses)');
			for (const line of [hint, problem]) if (line) add(entry, 'small', line);
		}
		at('ready').hidden = false;
		if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
	}

	function showTasks({ guide, tasks }) {
		at('pause').textContent = guide.pauseSeconds > 0
			? 'n8n is very young. For another ' + guide.pauseSeconds + ' s it gives no video to an execution that is paused (status “waiting”): such a run takes until then, and goes on by itself. Begin with the first video above, which does not pause.'
			: 'A workflow that pauses shows as “waiting” in its Executions until its video is there; it goes on by itself.';
		at('none').hidden = tasks.length > 0;
		at('tasks').replaceChildren();
		for (const { vendor, prompt, state, secondsLeft } of tasks) {
			const row = add(at('tasks'), 'tr', '');
			add(row, 'td', vendor);
			add(row, 'td', prompt);
			add(row, 'td', secondsLeft > 0 ? state + ', ' + secondsLeft + ' s left' : state);
		}
	}

	let isReady = false;
	async function refresh() {
		try {
			const state = await (await fetch('state.json')).json();
			showSteps(state);
			if (state.guide) {
				if (!isReady) showRecipes(state);
				isReady = true;
				showTasks(state);
			}
		} catch {
			at('now').textContent = 'The demo does not answer. If it has ended, start it again with npm run demo.';
		}
		setTimeout(refresh, 1000);
	}
	refresh();
</script>
</html>
`;
