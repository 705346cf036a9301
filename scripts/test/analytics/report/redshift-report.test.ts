import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data'
import t from 'tap'
import { writeReport } from '../../../analytics/report/write-report.ts'
import { openRedshift } from '../../../analytics/warehouse/open-redshift.ts'
import type { Session } from '../../../analytics/warehouse/session.ts'
import { startDataApiDouble } from '../warehouse/start-data-api-double.ts'
import { generateImages } from './generate-images.ts'
import { openGeneratedWarehouse } from './open-generated-warehouse.ts'

const now = new Date('2026-11-29T18:20:00Z')
const images = generateImages(now, 14, 60)

t.test(
  'the report through the Data API is byte for byte the same as that of the local warehouse',
  async (t) => {
    for (const historyMode of [false, true]) {
      const local = await openGeneratedWarehouse(t, images, { now, historyMode })
      const double = await startDataApiDouble(t, local, { states: ['SUBMITTED', 'PICKED', 'STARTED'] })
      const redshiftData = new RedshiftDataClient({
        endpoint: double.endpoint,
        region: 'eu-west-1',
        credentials: { accessKeyId: 'access', secretAccessKey: 'secret' },
      })
      const redshift = openRedshift({
        env: 'prod',
        aws: { redshiftData },
        pollMs: 1,
        close: () => redshiftData.destroy(),
      })
      const directory = t.testdir({ local: {}, redshift: {} })
      const write = (name: string, { query, close }: Session) =>
        writeReport(
          { out: `${name}/report.html`, csv: name },
          { open: async () => ({ query, close }), sourceName: 'prod', directory, now },
        )
      const fromRedshift = await write('redshift', redshift)
      const fromLocal = await write('local', { ...local, close: async () => {} })

      t.equal(fromRedshift.summary, fromLocal.summary)
      const files = await readdir(join(directory, 'local'))
      t.strictSame((await readdir(join(directory, 'redshift'))).sort(), files.sort())
      t.equal(files.length, 9, 'the page and the data of eight charts')
      for (const file of files) {
        const read = (name: string) => readFile(join(directory, name, file), 'utf8')
        t.equal(await read('redshift'), await read('local'), file)
      }
      t.ok(
        double.count('GetStatementResult') > double.count('ExecuteStatement'),
        'some results have several pages',
      )
      t.strictSame(
        double.requests.find(({ action }) => action === 'ExecuteStatement')?.input.WorkgroupName,
        'hashgate-prod',
      )
    }
  },
)
