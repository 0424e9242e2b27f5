// Package rehearsal lets Đồng Nai's plan run a year on the real engine: real
// Postgres, Temporal, worker and API processes, real HTTP and SMTP, a business
// clock that holds at each instant until all of it is done. What has to come out
// is computed here a second time, from a table of the duties written by hand and
// with date arithmetic of its own, and compared line by line with the database
// and with the mails received.
//
// Nothing here computes with the product's packages for plans, calendars or
// storage: what is expected must not come from what is tested.
package rehearsal
