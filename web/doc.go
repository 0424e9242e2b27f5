// Package web serves the pages: gin handlers over html/template, with every
// asset embedded. Pages call the same methods of the store as the API, work
// without JavaScript, and answer a form post with a redirect or with the form
// again, its input kept. A GET changes nothing.
package web
