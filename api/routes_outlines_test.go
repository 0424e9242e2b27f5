package api_test

const anOutline = `{"source": "CC0", "geojson": "{\"type\": \"FeatureCollection\", \"features\": [{\"type\": \"Feature\", \"properties\": {\"code\": \"xa\"}, \"geometry\": {\"type\": \"Polygon\", \"coordinates\": [[[106, 11], [107, 11], [107, 12], [106, 11]]]}}]}"}`

func init() {
	calls = append(calls,
		submissionCall{request{method: "GET", path: "/api/v1/outlines"}, "all", 200, []string{
			`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"agency_id":11,"code":"H1","name":"UBND huyện","source":"CC0"},"geometry":{"type":"Polygon","coordinates":[[[106,11],[107,11],[107,12]]]}}]}`,
		}, "Outlines"},
		submissionCall{request{method: "PUT", path: "/api/v1/outlines", body: anOutline}, "administrator", 200,
			[]string{`{"matched":1,"unmatched":["Nơi khác"],"ambiguous":[],"without":4}`}, "LoadOutlines 1 xa CC0"},
	)
}
