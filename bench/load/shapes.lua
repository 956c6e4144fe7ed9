-- One shape of requests with random keys: PATTERN is the path, MAX the largest key; %d stands for the key. The texts are made beforehand,
-- so that the client does not become what is measured.
local requests = {}
local at = 0

function init()
  local pattern = os.getenv("PATTERN")
  local max = tonumber(os.getenv("MAX") or "1")
  math.randomseed(tonumber(os.getenv("SEED") or "1"))
  for index = 1, 20000 do
    requests[index] = wrk.format("GET", (pattern:gsub("%%d", tostring(math.random(1, max)))))
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end
