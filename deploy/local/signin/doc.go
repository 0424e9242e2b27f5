// Package signin tries signing in against a real identity provider. It stands
// in this module so that the product's own does not depend on one.
package signin
