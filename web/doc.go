// Package web serves the pages: gin handlers over html/template, with every
// asset embedded. Pages call the same methods of the store as the API, work
// without JavaScript, and answer a form post with a redirect or with the form
// again, its input kept. A GET changes nothing.
//
// Files are named by the group of pages that they serve: <group>_page.go reads and
// shows, <group>_post.go takes forms, words_<group>.go holds both languages,
// templates/page_<page>.html and static/<group>.css the looks, static/<group>.js what
// scripts add. Groups: task and draft (focal point), board, urge and review (supervisor), plan
// (document and life), issued (a document on its way to a plan) and search, consolidation, targets, leaders, administration
// (admin_*; templates are the words of notices), help.
package web
