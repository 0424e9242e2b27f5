// Package geo reads outlines of units from GeoJSON (RFC 7946) and draws them. It knows
// nothing of duties: who is late is laid over it by the page.
package geo
