import { Command } from 'commander'
import { integerArgument } from '../integer-argument.ts'
import type { TargetDefaults } from '../target.ts'
import { runUpload, type UploadCommandOptions } from './run-upload.ts'

const paths = 'files, folders or globs, relative to the working directory'

const notes = `
Folders are searched for JPEG, PNG, WebP, AVIF, GIF, TIFF and HEIC by extension; other files are listed on stderr.
A file that is already stored is not sent again, so a run that was interrupted can be repeated.

Exit codes: 0 every image is ready; 1 an image or a folder failed, or the run could not start or stopped early;
130 after Ctrl-C, 143 after SIGTERM.`

/** `upload PATH…`: uploads images and waits until they are ready. @param defaults the target when none is given */
export function createUploadCommand(defaults?: TargetDefaults): Command {
  return new Command('upload')
    .description('Uploads images to a gateway and waits until they are ready.')
    .argument('<path...>', paths)
    .helpOption('-h, --help', 'print this text')
    .option('--concurrency <n>', 'number of files sent at the same time', integerArgument, 4)
    .option('--timeout <seconds>', 'how long to wait for one image to be processed', integerArgument, 300)
    .option('--json', 'print one JSON line per file instead of a table')
    .addHelpText('after', notes)
    .action(async (paths: string[], _options: object, command: Command) => {
      process.exitCode = await runUpload(paths, command.optsWithGlobals<UploadCommandOptions>(), defaults)
    })
}
