package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dondoc/internal/policy"
)

// adminStart leads to the first part of administration that the person may use.
func (p *pages) adminStart(c *gin.Context, actor policy.Actor) error {
	for _, e := range adminEntries {
		if e.may(actor) {
			c.Redirect(http.StatusSeeOther, e.address)
			return nil
		}
	}
	return notFound()
}
