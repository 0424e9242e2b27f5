package web

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"dondoc/internal/fault"
)

// readForm reads a posted form. What no browser sends is a fault of the sender.
func readForm(c *gin.Context) error {
	err := c.Request.ParseForm()
	var tooLarge *http.MaxBytesError
	if err == nil || errors.As(err, &tooLarge) {
		return err
	}
	return fault.New(fault.Invalid, "form.malformed",
		"Không đọc được biểu mẫu. Mở lại trang rồi gửi lại.", "The form cannot be read. Open the page again and send it from there.")
}
