import { createHash } from 'node:crypto'
import type { Test } from 'tap'
import type { StartBacking } from '../../../../local/backing.ts'
import { readLocalSettings } from '../../../../local/local-settings.ts'
import { type LocalSystem, startSystem } from '../../../../local/start-system.ts'
import { withoutLoadShedding } from '../../../../local/with-system.ts'
import { addKey } from '../../../../testkit/system/add-key.ts'
import { findViolations } from './find-violations.ts'
import { holdUploads, imageIdIn, recordUploads } from './hold-uploads.ts'
import { type ChosenFile, makeBrokenPng, makeHeicHead, makeMixedPhotos, makePhotos } from './make-photos.ts'
import { cards, choose, findOverflow, openPage, waitForCards } from './open-page.ts'
import { refuseToKeepFiles, waitUntilKept } from './uppy-database.ts'

interface PageOptions {
  /** Name of the services that the system uses, for test names. */
  name: string
  startBacking?: StartBacking
}

interface Started extends Pick<LocalSystem, 'gatewayUrl'> {
  /** A link that signs in as a new tenant with these scopes. */
  linkFor: (tenant: string, scopes?: ('upload' | 'read')[]) => Promise<string>
}

/** Contract of the upload page on any services. The store has another origin than the page. */
export async function testPage(t: Test, { name, startBacking }: PageOptions): Promise<void> {
  await t.test(`the upload page on ${name}`, async (t) => {
    const dataDirectory = t.testdir({})
    const { gatewayUrl, close } = await startSystem({
      dataDirectory,
      port: 0,
      startBacking,
      settings: withoutLoadShedding,
    })
    t.teardown(close)
    const settings = await readLocalSettings(dataDirectory)
    if (!settings) throw new Error('The system has written no settings.')
    const linkFor: Started['linkFor'] = async (tenant, scopes) =>
      `${gatewayUrl}/#key=${await addKey(settings.store, tenant, scopes)}`
    const started = { gatewayUrl, linkFor }
    await t.test('thirty photos of all formats are uploaded, and duplicates are not', (t) =>
      testMixedPhotos(t, started),
    )
    await t.test('refused files are shown with the reason', (t) => testRefusedFiles(t, started))
    await t.test('uploads continue after a network failure', (t) => testOffline(t, started))
    await t.test('uploads continue after a reload', (t) => testReload(t, started))
    await t.test('after a reload without stored files, the page names the photos to choose again', (t) =>
      testReloadWithoutFiles(t, started),
    )
    await t.test('the page handles keys with missing scopes', (t) => testKeys(t, started))
  })
}

async function testMixedPhotos(t: Test, { gatewayUrl, linkFor }: Started): Promise<void> {
  const { page, faults } = await openPage(t, await linkFor('mixed'))
  const uploads = recordUploads(page)
  const photos = await makeMixedPhotos()
  await page.getByText('No photos yet').waitFor()
  t.strictSame(await findViolations(page), [], 'the empty page is accessible')
  await choose(page, photos)
  await waitForCards(page, 'Ready', 30)
  t.equal(await cards(page, 'Ready').count(), 30)
  await uploads.untilStored(30)
  t.equal(uploads.stored().length, 30)
  const started = uploads.started().length
  const origins = new Set(uploads.stored().map((url) => new URL(url).origin))
  t.notOk(origins.has(gatewayUrl), 'the store has another origin')

  await page.getByRole('button', { name: 'Done' }).click()
  await choose(page, photos.slice(0, 4))
  const bytes = photos.slice(0, 4).reduce((sum, { buffer }) => sum + buffer.length, 0)
  const saved = page.getByText(/^4 photos already there: [\d.]+ [kM]B saved\.$/)
  t.ok(
    (await saved.innerText()).includes(`${Math.floor(bytes / 1_000)}`),
    'the page shows how much was saved',
  )
  t.equal(uploads.started().length, started, 'no byte of a duplicate is sent')

  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    t.strictSame(await findViolations(page), [], `${colorScheme}: the gallery is accessible`)
    await page.getByRole('button', { name: 'mixed-900x600.tiff, Ready' }).click()
    await page.getByRole('dialog').locator('.large').waitFor()
    await page.getByText('Calls that this page made').click()
    t.strictSame(await findViolations(page), [], `${colorScheme}: the page of an image is accessible`)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  }
  for (const width of [320, 390]) {
    await page.setViewportSize({ width, height: 700 })
    t.ok((await findOverflow(page)) <= 0, `${width} px: the gallery fits`)
    await page.getByRole('button', { name: 'mixed-1600x200.avif, Ready' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('image/avif', { exact: true }).waitFor()
    t.ok(
      await dialog.evaluate((shown) => shown.scrollWidth <= shown.clientWidth),
      'the page of an image fits on a phone',
    )
    t.strictSame(await findViolations(page), [], 'the page of an image is accessible on a phone')
    await page.goBack()
    await dialog.waitFor({ state: 'detached' })
  }
  t.strictSame(faults, [], 'nothing violates the content security policy or CORS')
}

async function testRefusedFiles(t: Test, { linkFor }: Started): Promise<void> {
  const { page } = await openPage(t, await linkFor('refused'))
  await choose(page, [await makeBrokenPng()])
  await cards(page, 'Rejected').getByText('The image is damaged or cut off').waitFor()
  await cards(page, 'Rejected').click()
  const dialog = page.getByRole('dialog', { name: 'broken.png' })
  await dialog.getByRole('listitem').getByText('The image is damaged or cut off').waitFor()
  t.strictSame(await findViolations(page), [], 'the page of a rejected image is accessible')
  await page.keyboard.press('Escape')

  await page.getByRole('button', { name: 'Done' }).click()
  await choose(page, [makeHeicHead()])
  await page.getByRole('alert').getByText('This system does not accept HEIC').waitFor()
  t.strictSame(await findViolations(page), [], 'a refused file is shown accessibly')
}

async function testOffline(t: Test, { linkFor }: Started): Promise<void> {
  const { page } = await openPage(t, await linkFor('offline'))
  const held = await holdUploads(page, 2)
  const uploads = recordUploads(page)
  await choose(page, await makePhotos(8, 100))
  await held.reached
  await page.context().setOffline(true)
  await page.waitForFunction(() => !navigator.onLine)
  held.release()
  await page.context().setOffline(false)
  await waitForCards(page, 'Ready', 8)
  t.equal(await cards(page, 'Ready').count(), 8)
  await uploads.untilStored(8)
  t.equal(await page.locator('.refusals').count(), 0, 'no upload has failed')
}

async function testReload(t: Test, { linkFor }: Started): Promise<void> {
  const { page } = await openPage(t, await linkFor('reload'))
  const asked: string[] = []
  page.on('dialog', (dialog) => {
    asked.push(dialog.type())
    void dialog.accept()
  })
  const uploads = recordUploads(page)
  const held = await holdUploads(page, 3)
  const photos = await makePhotos(8, 200)
  // Browsers show the dialog only after an interaction with the page.
  await page.getByRole('heading', { name: 'Your photos' }).click()
  await choose(page, photos)
  await held.reached
  // Before that, a user who leaves despite the dialog has to choose some photos again.
  await waitUntilKept(page, { uploads: 8, finished: 3, files: 5 })
  await page.reload()
  t.strictSame(asked, ['beforeunload'], 'the page asks before it is closed')
  held.release()
  await waitForCards(page, 'Ready', 8)
  t.equal(await cards(page, 'Ready').count(), 8, 'the uploads continue automatically')
  await uploads.untilStored(8)
  const stored = uploads.stored().map(imageIdIn)
  t.equal(stored.length, 8, 'no photo is sent twice')
  t.strictSame([...new Set(stored)].sort(), photos.map(imageIdOf).sort())
}

async function testReloadWithoutFiles(t: Test, { linkFor }: Started): Promise<void> {
  const { page } = await openPage(t, await linkFor('unkept'))
  await refuseToKeepFiles(page)
  const uploads = recordUploads(page)
  const held = await holdUploads(page, 3)
  const photos = await makePhotos(8, 400)
  await choose(page, photos)
  await held.reached
  await waitUntilKept(page, { uploads: 8, finished: 3, files: 0 })
  await page.reload()
  const notice = page.getByRole('alert').getByText('These photos could not be resumed').first()
  const text = await notice.innerText()
  const stored = uploads.stored().map(imageIdIn)
  const named = photos.filter(({ name }) => text.includes(name))
  const lost = photos.filter((photo) => !stored.includes(imageIdOf(photo)))
  t.equal(lost.length, 5)
  t.strictSame(named.map(imageIdOf), lost.map(imageIdOf), 'the page names exactly the photos that are lost')
  held.release()
  await page.getByRole('button', { name: 'Done' }).click()
  await choose(page, photos)
  await waitForCards(page, 'Ready', 8)
  t.equal(await cards(page, 'Ready').count(), 8, 'choosing them again uploads them')
}

async function testKeys(t: Test, { gatewayUrl, linkFor }: Started): Promise<void> {
  const photos = await makePhotos(2, 300)
  await t.test('a key with the scope upload only', async (t) => {
    const { page } = await openPage(t, await linkFor('rights', ['upload']))
    await page.getByText('This key cannot list photos').waitFor()
    await choose(page, photos.slice(0, 1))
    await waitForCards(page, 'Ready', 1)
    t.strictSame(await findViolations(page), [])
  })
  await t.test('a key with the scope read only', async (t) => {
    const { page } = await openPage(t, await linkFor('rights', ['read']))
    await waitForCards(page, 'Ready', 1)
    await choose(page, photos.slice(1))
    await page.getByRole('alert').getByText('This call requires the scope "upload"').waitFor()
    t.equal(await cards(page, 'Waiting').count(), 0)
  })
  await t.test('an invalid key', async (t) => {
    const { page } = await openPage(t, gatewayUrl)
    t.strictSame(await findViolations(page), [])
    await page.getByLabel('API key or token').fill('hg_000000000000_nonsense')
    await page.keyboard.press('Enter')
    await page.getByText('This key is not accepted').waitFor()
    t.strictSame(await findViolations(page), [])
  })
}

const imageIdOf = ({ buffer }: ChosenFile) => createHash('sha256').update(buffer).digest('hex')
