/** `npm run upload -- PATH…`: `hashgate upload` of the CLI, with the system that `npm start` runs here as the default. */
import { version } from '../openapi/packages/cli/src/create-program.ts'
import { runProgram } from '../openapi/packages/cli/src/run-program.ts'
import { addTargetOptions } from '../openapi/packages/cli/src/target.ts'
import { createUploadCommand } from '../openapi/packages/cli/src/upload/upload-command.ts'
import { callerDirectory } from './config.ts'
import { localTarget } from './local-target.ts'

const notes = `
From another directory, use "npm --prefix PROJECT run upload -- PATH…". "npm run images" lists and downloads what is uploaded.
HASHGATE_DATA names another directory than .data for the local system.`

const command = createUploadCommand(localTarget)
  .name('npm run upload --')
  .version(version, '--version', 'print the version')
  .addHelpText('after', notes)

process.chdir(callerDirectory())
await runProgram(addTargetOptions(command, localTarget))
