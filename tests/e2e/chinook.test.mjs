// Chinook (shared/data) is imported, checked and served as it lies; every table is compared row for row with the sqlite3 shell.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { run, serve, temporary, root, call } from './harness.mjs';

const original = resolve(root, '../shared/data/chinook/Chinook_Sqlite.sqlite');
const shell = spawnSync('sqlite3', ['--version']).status === 0;
const skip = !existsSync(original) ? `SKIPPED: ${original} is not there` : !shell ? 'SKIPPED: the sqlite3 shell is not installed' : false;
const options = { skip };
const tables = {
  Album: ['AlbumId'], Artist: ['ArtistId'], Customer: ['CustomerId'], Employee: ['EmployeeId'], Genre: ['GenreId'], Invoice: ['InvoiceId'],
  InvoiceLine: ['InvoiceLineId'], MediaType: ['MediaTypeId'], Playlist: ['PlaylistId'], PlaylistTrack: ['PlaylistId', 'TrackId'], Track: ['TrackId'],
};
const pageSize = 500;
const temp = temporary();
const file = join(temp.path, 'chinook.sqlite');
const model = join(temp.path, 'chinook.yaml');
let server;
let imported;

const entity = (table) => table.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();

function query(sql, database = file) {
  const result = spawnSync('sqlite3', ['-readonly', '-json', database, sql], { encoding: 'utf8', maxBuffer: 1 << 28 });
  assert.equal(result.status, 0, result.stderr);
  return result.stdout.trim() === '' ? [] : JSON.parse(result.stdout);
}

/// A row as the file has it: a moment without its T and Z.
function stored(row) {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [
    name, typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? value.replace('T', ' ').slice(0, -1) : value,
  ]));
}

async function get(path, status = 200) {
  const answer = await call(`${server.url}/rest/v1/${path}`);
  assert.equal(answer.status, status, `${path}: ${answer.text.slice(0, 500)}`);
  return answer.json;
}

before(async () => {
  if (skip) {
    console.log(skip);
    return;
  }
  copyFileSync(original, file);
  imported = run(['import', 'sqlite:' + file, '-o', model]);
  assert.equal(imported.code, 0, imported.err);
  server = await serve(model, 'sqlite:' + file);
});
after(async () => {
  if (server) await server.stop();
  temp.remove();
});

test('the imported model is checked, formatted, and says what comes next', options, () => {
  assert.match(imported.err, /kingpost serve .* --dev/);
  const checked = run(['check', model]);
  assert.equal(checked.code, 0, checked.err);
  assert.equal(run(['fmt', '--check', model]).code, 0);
  assert.match(readFileSync(model, 'utf8'), /tracks: many\(track\) through\(playlist_track\)/);
});

for (const [table, key] of Object.entries(tables)) {
  test(`${table} is served row for row`, options, async () => {
    const expected = query(`SELECT * FROM "${table}" ORDER BY ${key.join(', ')}`);
    assert.ok(expected.length > 0);
    let seen = 0;
    for (;;) {
      const page = await get(`${entity(table)}?order=${key.join(',')}&limit=${pageSize}&offset=${seen}`);
      assert.deepEqual(page.map(stored), expected.slice(seen, seen + pageSize), `${table} from row ${seen}`);
      seen += page.length;
      if (page.length < pageSize) break;
    }
    assert.equal(seen, expected.length);
  });
}

test('embeds go both ways, through the junction, and back to the same table', options, async () => {
  const albums = await get('album?select=AlbumId,artist(Name)&order=AlbumId');
  const names = query('SELECT AlbumId, Name FROM Album JOIN Artist USING (ArtistId) ORDER BY AlbumId');
  assert.deepEqual(albums.map((row) => ({ AlbumId: row.AlbumId, Name: row.artist.Name })), names.slice(0, albums.length));
  const [artist] = await get('artist?select=Name,albums(Title)&ArtistId=eq.1&albums.order=AlbumId');
  assert.deepEqual(artist.albums, query('SELECT Title FROM Album WHERE ArtistId = 1 ORDER BY AlbumId'));
  const [playlist] = await get('playlist?select=Name,tracks(Name)&PlaylistId=eq.16&tracks.order=TrackId');
  const tracks = 'SELECT Name FROM Track JOIN PlaylistTrack USING (TrackId) WHERE PlaylistId = 16 ORDER BY TrackId';
  assert.deepEqual(playlist.tracks, query(tracks));
  const [track] = await get('track?select=playlists(PlaylistId)&TrackId=eq.1&playlists.order=PlaylistId');
  assert.deepEqual(track.playlists, query('SELECT PlaylistId FROM PlaylistTrack WHERE TrackId = 1 ORDER BY PlaylistId'));
  const [employee] = await get('employee?select=LastName,reports_to(LastName),employees_by_reports_to(EmployeeId)&EmployeeId=eq.2');
  assert.equal(employee.reports_to.LastName, 'Adams');
  assert.equal(employee.employees_by_reports_to.length, query('SELECT 1 FROM Employee WHERE ReportsTo = 2').length);
});

test('filters compare decimals, moments and texts as the file stores them', options, async () => {
  const count = async (path) => (await get(path)).length;
  const rows = (sql) => query(sql).length;
  assert.equal(await count('invoice?select=InvoiceId&Total=gt.13.86'), rows('SELECT 1 FROM Invoice WHERE Total > 13.86'));
  assert.equal(await count('invoice?select=InvoiceId&Total=eq.1.98'), rows('SELECT 1 FROM Invoice WHERE Total = 1.98'));
  const early = rows("SELECT 1 FROM Invoice WHERE InvoiceDate < '2021-02-01 00:00:00'");
  assert.ok(early > 0);
  assert.equal(await count('invoice?select=InvoiceId&InvoiceDate=lt.2021-02-01T00:00:00Z'), early);
  assert.equal(await count('customer?select=CustomerId&Country=eq.Brazil'), rows("SELECT 1 FROM Customer WHERE Country = 'Brazil'"));
});

test('only tables of Kingpost are added, and no other is changed', options, async () => {
  const others = ['name', 'tbl_name'].map((name) => `${name} NOT LIKE '!_kingpost%' ESCAPE '!'`).join(' AND ');
  const schema = `SELECT type, name, sql FROM sqlite_schema WHERE ${others} AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name`;
  assert.deepEqual(query(schema), query(schema, original));
  assert.ok(query("SELECT name FROM sqlite_schema WHERE name LIKE '\\_kingpost%' ESCAPE '\\'").length > 0);
});

test('a row is written in the file\'s own format and taken back', options, async () => {
  const url = `${server.url}/rest/v1/invoice`;
  const headers = { Prefer: 'return=representation' };
  const made = await call(url, { method: 'POST', headers, body: { CustomerId: 1, InvoiceDate: '2030-01-02T03:04:05Z', Total: '5.25' } });
  assert.equal(made.status, 201, made.text);
  const [row] = made.json;
  assert.deepEqual(query(`SELECT InvoiceDate, Total, typeof(Total) AS kind FROM Invoice WHERE InvoiceId = ${row.InvoiceId}`),
    [{ InvoiceDate: '2030-01-02 03:04:05', Total: 5.25, kind: 'real' }]);
  const gone = await call(`${url}?InvoiceId=eq.${row.InvoiceId}`, { method: 'DELETE' });
  assert.equal(gone.status, 204, gone.text);
});
