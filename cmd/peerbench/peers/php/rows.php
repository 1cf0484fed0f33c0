<?php
header("Content-Type: text/html; charset=utf-8");
$rows = {{.Rows}};
usort($rows, fn($a, $b) => strcmp($a[0], $b[0]));
echo "<!DOCTYPE html>\n<title>Rows</title>\n<table>\n";
foreach ($rows as [$name, $note]) {
    echo "<tr><td>", htmlspecialchars($name), "<td>", htmlspecialchars($note), "\n";
}
echo "</table>\n";
