package client

// checkTexts is tested with the real client.
func checkTexts(any, map[string]any) error { return nil }
