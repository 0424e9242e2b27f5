// Package audit makes the audit trail tamper-evident. Every row gets a number
// and a MAC over the row and its predecessor's MAC, with a key that lies
// outside the database; the chain's heads go to a log outside the database as
// well. So a row that is altered, removed, moved or cut off is noticed, and
// named, by whoever has key and log. The package is pure but for its two
// files; internal/postgres reads and writes the rows.
package audit
