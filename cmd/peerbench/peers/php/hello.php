<?php
header("Content-Type: text/plain; charset=utf-8");
echo "Hello from {$_SERVER['REQUEST_METHOD']} ", parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH), "\n";
