-- One shape of requests with random keys: SHAPE names the path's pattern, MAX the largest key; %d stands for the key.
local pattern = os.getenv("PATTERN")
local max = tonumber(os.getenv("MAX") or "1")
math.randomseed(tonumber(os.getenv("SEED") or "1"))
request = function() return wrk.format("GET", (pattern:gsub("%%d", tostring(math.random(1, max))))) end
