// Package privacy is the guard of two promises: no personal data beyond staff
// accounts, and no state secrets. It looks at text and says what must be taken
// out and what a person has to confirm; docs/privacy.md states its rules.
package privacy
