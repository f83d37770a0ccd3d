// The application; arguments: address, user, password, application, SQLite file.
'use strict';

const client = require('ari-client');
const Database = require('libsql');

const NORMAL_CLEARING = 16;
const [address, user, password, app, directory] = process.argv.slice(2);

const books = new Database(directory);
books.pragma('journal_mode = WAL');
books.pragma('synchronous = NORMAL');
const find = books.prepare('SELECT manager FROM customers WHERE number = ?');
const write = books.prepare('INSERT INTO calls (caller, manager, started, answered, ended, cause) VALUES (?, ?, ?, ?, ?, ?)');

function report(error) { // a channel that is gone is no reason to end all other calls
  console.error(error.message);
}

async function call(ari, caller) {
  const number = caller.caller.number;
  const manager = find.get(number)?.manager ?? 0;
  const [leg, bridge] = [ari.Channel(), ari.Bridge()];
  const started = Date.now() / 1000;
  let answered = null;
  let connected = null;

  async function connect() {
    answered = Date.now() / 1000;
    await caller.answer();
    await bridge.create({ type: 'mixing' });
    await bridge.addChannel({ channel: [caller.id, leg.id] });
  }
  leg.once('StasisStart', () => { connected = connect().catch(report); });
  const over = new Promise((resolve) => {
    caller.once('ChannelHangupRequest', (event) => resolve([leg, event.cause]));
    leg.once('ChannelHangupRequest', (event) => resolve([caller, event.cause]));
    leg.once('ChannelDestroyed', (event) => resolve([caller, event.cause]));
  });
  const endpoint = `PJSIP/manager${String(manager).padStart(2, '0')}`;
  await leg.originate({ endpoint, callerId: number, app, appArgs: 'leg' });

  const [other, cause] = await over;
  for (const event of ['StasisStart', 'ChannelHangupRequest', 'ChannelDestroyed']) { // else they are kept for ever
    leg.removeAllListeners(event);
    caller.removeAllListeners(event);
  }
  await other.hangup().catch(report);
  await connected; // a bridge that is just being made would stay
  if (answered) await bridge.destroy().catch(report);
  write.run(number, manager, started, answered, Date.now() / 1000, cause ?? NORMAL_CLEARING);
}

async function main() {
  const ari = await client.connect(address, user, password);
  ari.on('StasisStart', (event, channel) => {
    if (!event.args.length) call(ari, channel).catch(report);
  });
  await ari.start(app);
  console.log('ready');
}

main();
