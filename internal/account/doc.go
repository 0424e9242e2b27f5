// Package account holds the rules about staff accounts: passwords and their
// hashing, the opaque tokens of sessions and links, lists of people to import,
// and how often sign-in may be tried. It knows nothing of storage or HTTP.
package account
