/** Names, accounts and identifiers that are reserved for documentation. Source: RFC 2606; AWS's documentation for the accounts. */
const placeholder =
  /(^|[^\w-])([\w-]+\.)*example(\.(com|org|net))?(?![\w.-])|\b(111122223333|123456789012)\b|0{8}-0{4}-0{4}-0{4}-0{12}/

/** @param account the account of the deployment, which is no placeholder even if documentation uses its number */
export function isPlaceholder(value: string, account: string): boolean {
  return placeholder.test(value.replaceAll(account, ''))
}
