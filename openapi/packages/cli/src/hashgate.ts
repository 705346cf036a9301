#!/usr/bin/env node
/** The `hashgate` command: `hashgate upload PATH…` and `hashgate images …`. */
import { createProgram } from './create-program.ts'
import { runProgram } from './run-program.ts'

await runProgram(createProgram())
