// Everything a resident does, one thing after the other, each with and without JavaScript, on a phone and at a desk.

import { after, before, test } from 'node:test';

import { HOWS, launch, visit } from './browser.mjs';
import * as own from './flows/own.mjs';
import * as people from './flows/people.mjs';
import * as posts from './flows/posts.mjs';
import { PASSWORD, Resident, settle } from './resident.mjs';
import { startTown } from './town.mjs';

const FLOWS = [
  ['describes herself', own.describes],
  ['publishes a picture', posts.publishesAPicture],
  ['votes', posts.votes],
  ['likes, shares and keeps a post', posts.reacts],
  ['pins a post', posts.pins],
  ['quotes, and is quoted no more', posts.quotes],
  ['changes a post, reads its history, writes it anew and deletes it', posts.changes],
  ['answers under a fold and mutes the thread', posts.answersUnderAFold],
  ['begins a post, puts one off and drops both', posts.putsOff],
  ['searches', posts.searches],
  ['follows a tag', posts.followsATag],
  ['finds the feeds', posts.feeds],
  ['follows a neighbour and notes something', people.follows],
  ['reads him on a list and follows him no more', people.lists],
  ['mutes him for an hour', people.mutes],
  ['blocks him', people.blocks],
  ['reports him', people.reports],
  ['joins a group, writes to it and leaves', people.joinsAGroup],
  ['writes in private', people.writesInPrivate],
  ['is told of things', people.isNotified],
  ['chooses who follows her', people.choosesFollowers],
  ['filters a word for a week', own.filters],
  ['chooses a language', own.choosesALanguage],
  ['invites somebody', own.invites],
  ['lets somebody in', own.letsSomebodyIn],
  ['takes data along and brings some', own.takesAlongAndBrings],
  ['keeps other devices out', own.keepsOthersOut],
];

let town;
let browser;
let hall;

before(async () => {
  town = await startTown();
  await settle(town, ['mairie'], '--role', 'admin');
  await settle(town, HOWS.flatMap((how) => ['marie', 'jean'].map((name) => `${name}_${markOf(how)}`)));
  await town.cli(['account', 'create', 'amap', '--group', '--owner', 'mairie', '--password-stdin'], `${PASSWORD}\n`);
  hall = await Resident.of(town.origin, 'mairie');
  await letEverybodyInvite();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await town?.stop();
});

/** Each way of looking has its own people, so that none finds what another did. */
function markOf({ javaScript, size }) {
  return `${size.name}${javaScript ? 'js' : 'nojs'}`;
}

async function letEverybodyInvite() {
  await hall.get('/mairie/reglages');
  const rules = { registration: 'invitation', inviters: 'resident' };
  await hall.post('/mairie/reglages', { town_name: 'Valmont', language: 'fr', time_zone: 'Europe/Paris', ...rules });
}

for (const how of HOWS) {
  const label = `on a ${how.size.name} ${how.javaScript ? 'with' : 'without'} JavaScript`;

  test(`a resident does everything, ${label}`, async (day) => {
    const visitor = await visit(browser, town, how);
    try {
      const cast = await castOf(visitor, how);
      for (const [what, flow] of FLOWS) await day.test(what, () => flow(cast));
      await day.test('minds her manners', () => visitor.checkManners());
    } finally {
      await visitor.leave();
    }
  });
}

/** She sits before the browser, he is at home, and whoever else comes has a browser like hers. */
async function castOf(visitor, how) {
  const mark = markOf(how);
  const guest = () => visit(browser, town, how);
  const enter = async (name) => ({ name, mark, resident: await Resident.of(town.origin, name) });
  const [marie, jean] = await Promise.all([enter(`marie_${mark}`), enter(`jean_${mark}`)]);
  await visitor.page.context().addCookies(marie.resident.cookies());
  return { visitor, page: visitor.page, guest, town, hall, marie, jean };
}
