import type { ClientOptions, UploadOptions } from '@hashgate/client'
import { createContext, createElement, type ReactNode, useContext, useMemo } from 'react'

/** The gateway to use and the key for it. */
export interface HashgateOptions
  extends Omit<ClientOptions, 'signal'>,
    Pick<UploadOptions, 'hash' | 'send'> {}

interface HashgateProviderProps {
  /** May be a new object in each render. */
  options: HashgateOptions
  children?: ReactNode
}

const HashgateContext = createContext<HashgateOptions | undefined>(undefined)

/**
 * Sets the gateway and the key for the hooks and components below it.
 *
 *     <HashgateProvider options={{ gateway: 'https://images.example.com', key }}>…</HashgateProvider>
 */
export function HashgateProvider({ options, children }: HashgateProviderProps) {
  const { gateway, key, fetch, hash, send } = options
  const value = useMemo(() => ({ gateway, key, fetch, hash, send }), [gateway, key, fetch, hash, send])
  return createElement(HashgateContext.Provider, { value }, children)
}

/** The options of the nearest provider, or undefined without one. */
export function useHashgateOptions(): HashgateOptions | undefined {
  return useContext(HashgateContext)
}
