declare module 'kafkajs/src/broker/saslAuthenticator/scram512.js' {
  import type { AuthenticationProviderArgs, Authenticator } from 'kafkajs'

  export default function authenticateWithScram(login: {
    username: string
    password: string
  }): (connection: AuthenticationProviderArgs) => Authenticator
}
