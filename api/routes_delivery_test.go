package api_test

func init() {
	row := func(method, path string, want []string, called string) {
		calls = append(calls, submissionCall{request{method: method, path: "/api/v1" + path}, "administrator", 200, want, called})
	}
	row("GET", "/deliveries?state=failed&q=moi&limit=20&cursor=x", []string{
		`"id":5,"kind":"notices","recipient":"Đầu mối","address":"cu@example.vn","state":"failed","notices":2`, `"attempts":6,"reason":"550"}`,
		`"next_cursor":"more"`, `"pending":0,"sent":7,"dropped":0,"failed":1,"uncomposed":3`,
	}, "Deliveries {State:failed Query:moi Limit:20 Cursor:x}")
	row("POST", "/deliveries/1/retry", []string{`{"messages":1}`}, "RetryDelivery 1")
	row("POST", "/deliveries/retry", []string{`{"messages":1}`}, "RetryDelivery 0")
}
