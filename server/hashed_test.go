package server

import "testing"

func TestNamesWithAHashOfTheContent(t *testing.T) {
	for name, want := range map[string]bool{
		"app.3f9a2c1b.js":                        true,
		"app-3f9a2c1b.css":                       true,
		"app_3f9a2c1b.css":                       true,
		"app.3F9A2C1B.js":                        true,
		"assets/app.3f9a2c1b.js":                 true,
		"app.3f9a2c1b.js.map":                    true,
		"app.3f9a2c1b.min.js":                    true,
		"main.8e0d62a10c0d5f6a7b21.js":           true, // webpack
		"framework-4ed89e9640adfb9e.js":          true, // Next.js
		"base.55e7cbb9ba48.css":                  true, // Django
		"index-Bk9fX2aQ.js":                      true, // Vite
		"chunk-5KDRFJ7Z.js":                      true, // esbuild
		"logo-D3kq9x2Z.svg":                      true,
		"inter.a1b2c3d4e5f6.woff2":               true,
		"app.js":                                 false,
		"3f9a2c1b.js":                            false, // it is the whole name
		"app.3f9a2c1.js":                         false, // too short
		"app.3f9a2c1g9.js":                       false, // 9 letters and digits that are not hexadecimal
		"app.3f9A2c1b0.js":                       false, // two cases
		"jquery-20240101.js":                     false,
		"jquery-3.7.1.js":                        false,
		"lib-20240101120000.css":                 false,
		"word-deadbeef.js":                       false,
		"menu-cafe2024.png":                      false,
		"menu-2024cafe.png":                      false,
		"photo-iPhone15.jpg":                     false,
		"IMG_20240101.jpg":                       false,
		"screenshot-1920x1080.png":               false,
		"report-3f9a2c1b.pdf":                    false,
		"backup-3f9a2c1b.zip":                    false,
		"page-3f9a2c1b.html":                     false,
		"app.3f9a2c1b":                           false,
		"app.3f9a2c1b.js/x.js":                   false,
		"img-550e8400-e29b-41d4-446655440000.js": false,
		"":                                       false,
		".js":                                    false,
		"-.js":                                   false,
	} {
		if got := isHashed(name); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}
