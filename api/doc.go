// Package api is the HTTP interface under /api/v1, with the OpenAPI document
// made from the same types that serve the requests, and the addresses for
// operation: health, readiness, metrics. A handler binds, calls one method and
// returns an answer or an error; one edge turns errors into problem details.
package api
