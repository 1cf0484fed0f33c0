<?php
header("Content-Type: application/json");
$n = (int) $_GET['n'];
echo json_encode([
    'method' => $_SERVER['REQUEST_METHOD'], 'path' => parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH),
    'name' => $_GET['name'], 'n' => $n, 'square' => $n * $n, 'tags' => ['one', 'two'], 'ok' => true,
], JSON_UNESCAPED_SLASHES);
