import { createHashgateClient, type DayListing, type HashgateClient } from '@hashgate/client'
import { Command, InvalidArgumentError } from 'commander'
import { integerArgument } from '../integer-argument.ts'
import { findTarget, type TargetDefaults, type TargetOptions } from '../target.ts'
import { printable } from '../terminal/printable.ts'
import { type DownloadOptions, downloadVariant } from './download-variant.ts'
import { listImages } from './list-images.ts'

interface ListCommandOptions extends DayListing {
  limit: number
  json?: boolean
}

const notes = `
An ID is the SHA-256 of the image's bytes in hex, as the upload and list commands print it. The key needs the scope read.

Exit codes: 0 done; 1 the image does not exist, is not ready or has no such variant, or the request failed.`

/** `images list`, `images get ID` and `images download ID`. @param defaults the target when none is given */
export function createImagesCommand(defaults?: TargetDefaults): Command {
  const connect = async (command: Command): Promise<HashgateClient> =>
    createHashgateClient(await findTarget(command.optsWithGlobals<TargetOptions>(), defaults))

  const list = createSubcommand('list', 'Lists the images of a day, newest first.')
    .option('--day <day>', 'UTC day of the first upload request, such as 2026-11-22 (default: today)')
    // The API validates the day and the status.
    .option('--status <status>', 'pending, processing, ready or rejected (default: all)')
    .option('--limit <n>', 'number of images to list', integerArgument, 1000)
    .option('--json', 'print one JSON line per image instead of a table')
    .action(async ({ day, status, limit, json }: ListCommandOptions, command: Command) => {
      await listImages(await connect(command), { day, status }, { maxImages: limit, json })
    })

  const get = createSubcommand('get', 'Prints the record of an image as JSON.')
    .argument('<id>', 'image to show', imageIdArgument)
    .action(async (imageId: string, _options: object, command: Command) => {
      const record = JSON.stringify(await (await connect(command)).getImage(imageId), undefined, 2)
      console.log(record.split('\n').map(printable).join('\n'))
    })

  const download = createSubcommand('download', 'Downloads one variant of an image.')
    .argument('<id>', 'image to download', imageIdArgument)
    .option('--variant <name>', 'variant to download (default: the widest)')
    .option(
      '--output <path>',
      'file, existing folder, or - for stdout (default: ID-VARIANT.EXT where you are)',
    )
    .option('--force', 'overwrite an existing file')
    .action(async (imageId: string, options: DownloadOptions, command: Command) => {
      await downloadVariant(await (await connect(command)).getImage(imageId), options)
    })

  return new Command('images')
    .description('Lists, shows and downloads uploaded images.')
    .helpOption('-h, --help', 'print this text')
    .helpCommand('help [command]', 'print the options of a command')
    .addCommand(list)
    .addCommand(get)
    .addCommand(download)
    .addHelpText('after', notes)
}

function createSubcommand(name: string, description: string): Command {
  return new Command(name).description(description).helpOption('-h, --help', 'print this text')
}

/** @throws InvalidArgumentError when it is not an id */
function imageIdArgument(text: string): string {
  const id = text.toLowerCase()
  if (/^[0-9a-f]{64}$/.test(id)) return id
  throw new InvalidArgumentError(
    'ID must be the 64 hexadecimal digits that the upload and list commands print.',
  )
}
