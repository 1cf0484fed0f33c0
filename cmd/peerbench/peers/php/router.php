<?php
// For PHP's own server: false sends it to the file of that name.
$page = __DIR__ . parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) . '.php';
if (!is_file($page)) {
    return false;
}
require $page;
