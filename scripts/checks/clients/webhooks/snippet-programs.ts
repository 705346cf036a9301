import { join } from 'node:path'
import { clientsCache } from '../../../clients/client-folders.ts'
import { findTool } from '../../../services/find-tool.ts'

/**
 * Wraps the snippet of a language in a program that reads the body from stdin, and the headers and the secret from the environment. It
 * prints the id of the event, or `rejected`.
 */
export interface SnippetProgram {
  /** The language in the code fence of the snippet. */
  language: string
  folder: string
  files: (snippet: string) => Record<string, string>
  build: string[][]
  run: string[]
}

const folder = (language: string) => join(clientsCache.root, `webhook-${language}`)
const venv = join(folder('python'), 'venv')

export const snippetPrograms: SnippetProgram[] = [
  {
    language: 'ts',
    // Inside the repository, whose node_modules has the package.
    folder: folder('ts'),
    files: (snippet) => ({
      'main.ts': `${snippet}
import { text } from 'node:stream/consumers'
const { SECRET = '', ID = '', TIMESTAMP = '', SIGNATURE = '' } = process.env
const headers = { 'webhook-id': ID, 'webhook-timestamp': TIMESTAMP, 'webhook-signature': SIGNATURE }
const body = await text(process.stdin)
try {
  console.log((verifyWebhook(body, headers, SECRET) as { id: string }).id)
} catch {
  console.log('rejected')
}
`,
    }),
    build: [],
    run: [process.execPath, 'main.ts'],
  },
  {
    language: 'python',
    folder: folder('python'),
    files: (snippet) => ({
      'main.py': `import os
import sys
from standardwebhooks import WebhookVerificationError

${snippet}
headers = {f"Webhook-{name.title()}": os.environ[name] for name in ("ID", "TIMESTAMP", "SIGNATURE")}
try:
    print(verify_webhook(sys.stdin.buffer.read(), headers, os.environ["SECRET"])["id"])
except WebhookVerificationError:
    print("rejected")
`,
    }),
    build: [
      [findTool('python'), '-m', 'venv', venv],
      [join(venv, 'bin/pip'), 'install', '--quiet', '--disable-pip-version-check', 'standardwebhooks==1.1.0'],
    ],
    run: [join(venv, 'bin/python'), 'main.py'],
  },
  {
    language: 'go',
    folder: folder('go'),
    files: (snippet) => ({
      'go.mod':
        'module webhook\n\ngo 1.21\n\nrequire github.com/standard-webhooks/standard-webhooks/libraries v0.0.1\n',
      'verify.go': `package main\n\n${snippet}`,
      'main.go': `package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
)

func main() {
	headers := http.Header{}
	for _, name := range []string{"ID", "TIMESTAMP", "SIGNATURE"} {
		headers.Set("webhook-"+name, os.Getenv(name))
	}
	body, _ := io.ReadAll(os.Stdin)
	event, err := verifyWebhook(body, headers, os.Getenv("SECRET"))
	if err != nil {
		fmt.Println("rejected")
		return
	}
	fmt.Println(event["id"])
}
`,
    }),
    build: [[findTool('go'), 'build', '-C', folder('go'), '-mod=mod', '-o', 'verify', '.']],
    run: [join(folder('go'), 'verify')],
  },
  {
    language: 'java',
    folder: folder('java'),
    files: (snippet) => ({
      // Java runs the first class of a file, so the imports of the snippet go before it and its class after it.
      'Main.java': snippet.replace(
        'final class',
        `final class Main {
  public static void main(String[] args) throws Exception {
    var env = System.getenv();
    var headers = Map.of("webhook-id", env.get("ID"), "webhook-timestamp", env.get("TIMESTAMP"),
        "webhook-signature", env.get("SIGNATURE"));
    try {
      var event = WebhookVerifier.verifyWebhook(System.in.readAllBytes(), headers, env.get("SECRET"));
      System.out.println(event.replaceFirst("^.*?\\"id\\":\\"(.*?)\\".*$", "$1"));
    } catch (SecurityException error) {
      System.out.println("rejected");
    }
  }
}

final class`,
      ),
    }),
    build: [],
    run: [findTool('java'), 'Main.java'],
  },
]
